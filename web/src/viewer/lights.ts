import {
  CircleGeometry,
  DirectionalLight,
  Group,
  HemisphereLight,
  Mesh,
  PMREMGenerator,
  ShadowMaterial,
  type Texture,
  type WebGLRenderer,
} from "three";
import { RoomEnvironment } from "three/addons/environments/RoomEnvironment.js";

/** Key, fill and rim over a soft sky, as a portrait studio lights a person of about 1.7 m at the origin. */
export function studioLights(): Group {
  const key = new DirectionalLight(0xfff8f0, 1.3);
  key.position.set(1.4, 4, 2.6);
  key.target.position.set(0, 0.9, 0);
  castSoftShadow(key);
  const fill = new DirectionalLight(0xdfe9ff, 0.4);
  fill.position.set(-2.6, 1.6, 1.8);
  const rim = new DirectionalLight(0xffffff, 0.8);
  rim.position.set(-1.2, 2.6, -3);
  const lights = new Group();
  lights.add(new HemisphereLight(0xffffff, 0xb9b2a8, 0.3), key, key.target, fill, rim);
  return lights;
}

function castSoftShadow(light: DirectionalLight): void {
  light.castShadow = true;
  light.shadow.mapSize.set(512, 512);
  light.shadow.radius = 9;
  light.shadow.normalBias = 0.015;
  const view = light.shadow.camera;
  view.left = view.bottom = -1.5;
  view.right = view.top = 1.5;
  view.near = 1;
  view.far = 8;
}

/** Shows only the shadow, so that the page's own background is the studio. */
export function shadowFloor(): Mesh {
  const floor = new Mesh(new CircleGeometry(2.4, 64), new ShadowMaterial({ opacity: 0.16 }));
  floor.rotation.x = -Math.PI / 2;
  floor.receiveShadow = true;
  return floor;
}

/** What shiny surfaces mirror. */
export function studioReflections(renderer: WebGLRenderer): Texture {
  const generator = new PMREMGenerator(renderer);
  const room = new RoomEnvironment();
  const { texture } = generator.fromScene(room, 0.04);
  room.dispose();
  generator.dispose();
  return texture;
}
