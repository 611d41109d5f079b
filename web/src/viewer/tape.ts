import { CatmullRomCurve3, Group, Mesh, MeshBasicMaterial, TubeGeometry, Vector3 } from "three";
import type { Point } from "../api/types";

const COLOR = "#d9480f";
const RADIUS_M = 0.0035;
/** Two points nearer than this are one, in metres. */
const SAME_M = 1e-4;

/** The tape of one measurement: bright where it is seen, faint where cloth or body hides it. */
export function tapeLine(points: readonly Point[]): Group {
  const group = new Group();
  const path = points.map(([x, y, z]) => new Vector3(x, y, z));
  const [first, last] = [path.at(0), path.at(-1)];
  if (first === undefined || last === undefined || path.length < 2) return group;
  const closed = path.length > 3 && first.distanceTo(last) < SAME_M;
  if (closed) path.pop();
  const curve = new CatmullRomCurve3(path, closed, "centripetal");
  const tube = new TubeGeometry(curve, Math.max(32, 3 * path.length), RADIUS_M, 8, closed);
  const seen = new Mesh(tube, new MeshBasicMaterial({ color: COLOR }));
  const hidden = new Mesh(tube, new MeshBasicMaterial({ color: COLOR, transparent: true, opacity: 0.45, depthTest: false }));
  hidden.renderOrder = 1;
  group.add(seen, hidden);
  return group;
}
