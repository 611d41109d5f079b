import { Mesh, type Material, type Object3D } from "three";

/** Frees what an object and its children hold on the graphics card. */
export function disposeOf(object: Object3D): void {
  object.traverse((part) => {
    if (!(part instanceof Mesh)) return;
    const mesh = part as Mesh;
    mesh.geometry.dispose();
    for (const material of [mesh.material].flat()) disposeMaterial(material);
  });
}

function disposeMaterial(material: Material): void {
  for (const value of Object.values(material) as unknown[]) {
    if (typeof value === "object" && value !== null && "isTexture" in value && "dispose" in value) {
      (value as { dispose: () => void }).dispose();
    }
  }
  material.dispose();
}
