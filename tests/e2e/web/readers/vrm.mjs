// Opens a VRM with three-vrm: window.open(url), then window.express(name, weight) and window.turn(bone, x, y, z).
import { Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { VRMLoaderPlugin } from '@pixiv/three-vrm';

const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));
let vrm;

window.open = async (url) => {
  ({ vrm } = (await loader.loadAsync(url)).userData);
  return {
    meta: vrm.meta,
    bones: Object.keys(vrm.humanoid.humanBones),
    expressions: vrm.expressionManager.expressions.map(({ expressionName }) => expressionName),
    looksBy: vrm.lookAt.applier.constructor.type,
  };
};

window.express = (name, weight) => {
  vrm.expressionManager.setValue(name, weight);
  return drawn();
};

window.turn = (bone, x, y, z) => {
  vrm.humanoid.getNormalizedBoneNode(bone).rotation.set(x, y, z);
  return drawn();
};

/** Where each vertex of the body is drawn. */
function drawn() {
  vrm.update(0);
  vrm.scene.updateMatrixWorld(true);
  const body = vrm.scene.getObjectByName('body');
  return Array.from({ length: body.geometry.attributes.position.count }, (_, vertex) =>
    body.getVertexPosition(vertex, new Vector3()).toArray(),
  );
}
window.ready = true;
