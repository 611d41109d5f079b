import { describe, expect, it } from "vitest";
import { BadPreview, parseBody, parseTopology } from "../src/preview/format";
import { writeNormals } from "../src/preview/normals";
import { bodyBytes, TETRAHEDRON, topologyBytes } from "./bytes";

describe("the preview's topology", () => {
  it("gives the triangles as sent", () => {
    const topology = parseTopology(topologyBytes());
    expect(topology.vertexCount).toBe(4);
    expect([...topology.triangles]).toEqual(TETRAHEDRON.flat());
  });

  it.each([
    ["an empty answer", new ArrayBuffer(0)],
    ["another format", bodyBytes()],
    ["a cut file", topologyBytes().slice(0, -2)],
    ["a triangle beyond the vertices", topologyBytes(TETRAHEDRON, 3)],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseTopology(bytes)).toThrow(BadPreview);
  });
});

describe("the preview's body", () => {
  it("turns steps into metres, axis by axis", () => {
    const { positions } = parseBody(bodyBytes(), 4);
    const expected = [-0.5, 0, -0.25, 0.5, 0, -0.25, -0.5, 2, -0.25, -0.5, 0, 0.25];
    expect(positions).toHaveLength(12);
    positions.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    });
  });

  it("gives the readings in their order", () => {
    expect([...parseBody(bodyBytes(), 4).deliveredMm]).toEqual(Array.from({ length: 15 }, (_, i) => 1000 + i));
  });

  it.each([
    ["another topology", bodyBytes(), 5],
    ["an unknown version", bodyBytes(undefined, { version: 2 }), 4],
    ["a cut file", bodyBytes().slice(0, -2), 4],
    ["a file with a tail", new Uint8Array([...new Uint8Array(bodyBytes()), 0, 0]).buffer, 4],
    ["less than a header", bodyBytes().slice(0, 30), 4],
  ])("refuses %s", (_, bytes, vertexCount) => {
    expect(() => parseBody(bytes, vertexCount)).toThrow(BadPreview);
  });
});

describe("normals", () => {
  it("are of length one and point away from a closed body", () => {
    const { triangles } = parseTopology(topologyBytes());
    const { positions } = parseBody(bodyBytes(), 4);
    const normals = new Float32Array(12).fill(7);
    writeNormals(positions, triangles, normals);
    const middle = [0, 1, 2].map((axis) => positions.filter((_, i) => i % 3 === axis).reduce((a, b) => a + b) / 4);
    for (let v = 0; v < 12; v += 3) {
      const normal = [...normals.subarray(v, v + 3)];
      const outwards = [...positions.subarray(v, v + 3)].map((value, axis) => value - (middle[axis] ?? 0));
      expect(Math.hypot(...normal)).toBeCloseTo(1, 5);
      expect(normal.reduce((sum, value, axis) => sum + value * (outwards[axis] ?? 0), 0)).toBeGreaterThan(0);
    }
  });
});
