import { BufferAttribute, BufferGeometry, Color, DynamicDrawUsage, Mesh, MeshPhysicalMaterial } from "three";
import type { PreviewBody, Topology } from "../preview/format";
import { writeNormals } from "../preview/normals";

/** Until the catalogue's skins are known. */
const PLAIN = "#c99e82";

/** The undressed body that follows the sliders: one mesh whose points move. */
export class PreviewMesh extends Mesh<BufferGeometry, MeshPhysicalMaterial> {
  constructor(private readonly topology: Topology) {
    super(new BufferGeometry(), skin());
    this.geometry.setIndex(new BufferAttribute(topology.triangles, 1));
    for (const name of ["position", "normal"]) {
      const attribute = new BufferAttribute(new Float32Array(3 * topology.vertexCount), 3);
      this.geometry.setAttribute(name, attribute.setUsage(DynamicDrawUsage));
    }
    this.castShadow = true;
    this.receiveShadow = true;
    // The bounding sphere would have to follow every preview, and the body is always in view.
    this.frustumCulled = false;
  }

  follow(body: PreviewBody): void {
    const position = this.geometry.getAttribute("position") as BufferAttribute;
    const normal = this.geometry.getAttribute("normal") as BufferAttribute;
    position.array.set(body.positions);
    writeNormals(body.positions, this.topology.triangles, normal.array as Float32Array);
    position.needsUpdate = true;
    normal.needsUpdate = true;
  }

  paint(color: string | null): void {
    const tone = new Color(color ?? PLAIN);
    this.material.color.copy(tone);
    // Light that went through skin comes back redder at grazing angles.
    this.material.sheenColor.copy(tone).lerp(new Color("#e8876f"), 0.25);
  }
}

function skin(): MeshPhysicalMaterial {
  return new MeshPhysicalMaterial({ roughness: 0.6, specularIntensity: 0.5, sheen: 0.22, sheenRoughness: 0.55 });
}
