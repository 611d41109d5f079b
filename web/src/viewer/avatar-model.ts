import { Mesh, type Group } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

/** Reads the platform's GLB, ready to stand in the studio. */
export async function readAvatar(glb: ArrayBuffer): Promise<Group> {
  const { scene } = await new GLTFLoader().parseAsync(glb, "");
  scene.traverse((part) => {
    if (!(part instanceof Mesh)) return;
    part.castShadow = true;
    part.receiveShadow = true;
    // Bounds of skinned meshes are those of the bind pose: never let them hide a part.
    part.frustumCulled = false;
  });
  return scene;
}
