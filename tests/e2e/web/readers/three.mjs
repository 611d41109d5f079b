// Reads a GLB with three.js and tells where its triangles are drawn: window.geometry(url, shapes).
import { Vector3 } from 'three';
import { DRACOLoader } from 'three/addons/loaders/DRACOLoader.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';

const draco = new DRACOLoader().setDecoderPath('/node_modules/three/examples/jsm/libs/draco/gltf/');
const loader = new GLTFLoader().setDRACOLoader(draco).setMeshoptDecoder(MeshoptDecoder);

/** The middle of each triangle, through face shapes and skin, in Base64 of float32. */
function middles(mesh, shapes) {
  for (const [shape, weight] of Object.entries(shapes)) {
    const number = mesh.morphTargetDictionary?.[shape];
    if (number !== undefined) mesh.morphTargetInfluences[number] = weight;
  }
  const places = Array.from({ length: mesh.geometry.attributes.position.count }, (_, vertex) =>
    mesh.getVertexPosition(vertex, new Vector3()),
  );
  const corners = mesh.geometry.index.array;
  const found = new Float32Array(corners.length);
  for (let at = 0; at < corners.length; at += 3) {
    const middle = new Vector3();
    for (let corner = 0; corner < 3; corner++) middle.add(places[corners[at + corner]]);
    middle.divideScalar(3).toArray(found, at);
  }
  return btoa(new Uint8Array(found.buffer).reduce((text, byte) => text + String.fromCharCode(byte), ''));
}

window.geometry = async (url, shapes) => {
  const { scene } = await loader.loadAsync(url);
  scene.updateMatrixWorld(true);
  const meshes = {};
  scene.traverse((mesh) => {
    if (mesh.isSkinnedMesh) meshes[mesh.name] = shapes.map((weights) => middles(mesh, weights));
  });
  return meshes;
};
window.ready = true;
