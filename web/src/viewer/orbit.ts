import { MathUtils, PerspectiveCamera, Spherical, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

/** Where the camera stands, seen from above: 0 looks at the face, a right angle at the body's left side. */
export type Side = "front" | "side" | "back";

const AZIMUTH: Readonly<Record<Side, number>> = { front: 0.32, side: Math.PI / 2, back: Math.PI - 0.32 };
/** A little above the middle of the body, looking down. */
const POLAR = 1.5;
/** Room around the body, as a share of its size. */
const MARGIN = 1.22;
/** The view looks below the middle, so that the room is where the buttons are; a share of the height. */
const LOWERED = 0.025;

/** The camera and the hand that turns it around a standing body. */
export class Orbit {
  readonly camera = new PerspectiveCamera(26, 1, 0.1, 30);
  readonly controls: OrbitControls;
  #size = new Vector3(1.1, 1.7, 0.4);

  constructor(canvas: HTMLCanvasElement) {
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.controls.enablePan = false;
    this.controls.minPolarAngle = 0.5;
    this.controls.maxPolarAngle = 1.65;
    this.controls.minDistance = 0.9;
    this.controls.maxDistance = 9;
    this.look("front");
  }

  /** The width, height and depth that the view has to hold, in metres. */
  hold(size: Vector3): void {
    this.#size = size;
  }

  /** Keeps the angle, and the body as large in the view as it was. */
  resize(width: number, height: number): void {
    const before = this.#distance();
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.zoom(this.#distance() / before);
  }

  look(side: Side): void {
    this.controls.target.set(0, this.#size.y * (0.5 - LOWERED), 0);
    this.#stand(new Spherical(this.#distance(), POLAR, AZIMUTH[side]));
  }

  turn(radians: number): void {
    const place = this.#place();
    place.theta += radians;
    this.#stand(place);
  }

  /** Below 1 comes nearer. */
  zoom(factor: number): void {
    const place = this.#place();
    place.radius = MathUtils.clamp(place.radius * factor, this.controls.minDistance, this.controls.maxDistance);
    this.#stand(place);
  }

  #place(): Spherical {
    return new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
  }

  #stand(place: Spherical): void {
    this.camera.position.setFromSpherical(place).add(this.controls.target);
    this.controls.update();
  }

  #distance(): number {
    const half = Math.tan(MathUtils.degToRad(this.camera.fov) / 2);
    const tall = this.#size.y / (2 * half);
    const wide = Math.max(this.#size.x, this.#size.z) / (2 * half * this.camera.aspect);
    return MARGIN * Math.max(tall, wide) + this.#size.z / 2;
  }
}
