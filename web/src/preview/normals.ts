/**
 * Vertex normals of a closed mesh, each the sum of its triangles' area vectors.
 *
 * @param positions x y z a vertex.
 * @param triangles three vertices each, wound outwards.
 * @param normals receives x y z a vertex, of length 1 (0 where no triangle has an area).
 */
export function writeNormals(positions: Float32Array, triangles: Uint16Array, normals: Float32Array): void {
  normals.fill(0);
  for (let t = 0; t < triangles.length; t += 3) addTriangle(positions, normals, corner(triangles, t), corner(triangles, t + 1), corner(triangles, t + 2));
  for (let v = 0; v < normals.length; v += 3) {
    const length = Math.hypot(at(normals, v), at(normals, v + 1), at(normals, v + 2)) || 1;
    for (let axis = v; axis < v + 3; axis++) normals[axis] = at(normals, axis) / length;
  }
}

function addTriangle(p: Float32Array, normals: Float32Array, a: number, b: number, c: number): void {
  const ux = at(p, b) - at(p, a);
  const uy = at(p, b + 1) - at(p, a + 1);
  const uz = at(p, b + 2) - at(p, a + 2);
  const vx = at(p, c) - at(p, a);
  const vy = at(p, c + 1) - at(p, a + 1);
  const vz = at(p, c + 2) - at(p, a + 2);
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  for (const v of [a, b, c]) {
    normals[v] = at(normals, v) + nx;
    normals[v + 1] = at(normals, v + 1) + ny;
    normals[v + 2] = at(normals, v + 2) + nz;
  }
}

/** Where a corner's vertex starts in a flat x y z array. */
function corner(triangles: Uint16Array, index: number): number {
  return 3 * (triangles[index] ?? 0);
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
