// An eye: a white that is not white, an iris that lies behind the cornea, and the lamp's window on it.
#include "light.glsl"
uniform vec3 color;
uniform sampler2D picture;
uniform float reach;   // half the picture's width in eyeball radii
uniform vec3 window_right;
uniform vec3 window_up;
const float IRIS = 0.44;

float box(vec2 at_window, vec2 half_size, float soft) {
  vec2 d = smoothstep(half_size + soft, half_size - soft, abs(at_window));
  return d.x * d.y;
}

// The lamp as a window of four panes, and the strip of a second light, as a cornea mirrors them.
vec3 windows(vec3 r) {
  vec2 main_pane = vec2(dot(r, window_right), dot(r, window_up)) / max(dot(r, lamp), 0.05);
  float bright = dot(r, lamp) > 0.0 ? box(main_pane, vec2(0.26, 0.34), 0.04) : 0.0;
  return 14.0 * bright * lamp_light;
}

void main() {
  vec3 v = normalize(eye - at);
  vec3 gaze = normalize(run.xyz);
  vec3 n = normalize(facing);
  // Frame of the picture on the ball.
  vec2 disc = (place - 0.5) * 2.0 * reach * vec2(1.0, -1.0);
  float radius = length(disc);
  vec3 right = normalize(cross(vec3(0.0, 1.0, 0.0), gaze)), above = cross(gaze, right);
  float front = step(0.0, dot(n, gaze));

  // The cornea bulges: over the iris the surface turns faster than the ball.
  float cornea = front * smoothstep(IRIS + 0.10, IRIS - 0.06, radius);
  vec3 outer = normalize(n + cornea * 0.55 * (disc.x * right + disc.y * above));
  // Behind it the iris lies deeper, so what is seen of it moves with the eye that looks.
  vec3 inside = refract(-v, outer, 1.0 / 1.34);
  float depth = 0.22 * sqrt(max(1.0 - radius * radius / (0.5 * 0.5), 0.0));
  vec2 slid = disc + cornea * depth * vec2(dot(inside, right), dot(inside, above)) / max(-dot(inside, gaze), 0.3);
  vec2 from = mix(disc, slid, cornea) * vec2(1.0, -1.0) / (2.0 * reach) + 0.5;
  vec3 albedo = color * decoded(texture(picture, from).rgb);
  float seen_radius = length(mix(disc, slid, cornea));
  // Light that enters on one side of the cornea gathers on the other side of the iris.
  float gathered = cornea * smoothstep(0.15, 0.42, seen_radius)
      * clamp(dot(normalize(disc + 1e-4), -vec2(dot(lamp, right), dot(lamp, above))) * 0.9 + 0.25, 0.0, 1.0);
  float iris = smoothstep(IRIS + 0.02, IRIS - 0.02, seen_radius);
  albedo *= 1.0 + 1.5 * gathered * iris;
  // The white pinks towards the corners and yellows a little.
  float corner = smoothstep(0.5, 1.0, radius) * (1.0 - iris);
  albedo *= mix(vec3(1.0), vec3(0.92, 0.72, 0.66), corner * 0.8);

  float open = clamp(open_to.w * 1.2, 0.0, 1.0) * hollow();
  // The upper lid with its lashes shades the top of the ball.
  float lid = smoothstep(0.62, 0.12, disc.y);
  float shade = lit(1.0);
  vec3 ball = normalize(mix(n, gaze, 0.35));
  float direct = clamp((dot(ball, lamp) + 0.3) / 1.3, 0.0, 1.0) * mix(shade, 1.0, 0.35);
  vec3 light = albedo * mix(0.38, 1.0, lid) * (0.85 * direct * lamp_light + irradiance(ball) * mix(open, 1.0, 0.3));

  vec3 r = reflect(-v, outer);
  float wet = fresnel(max(dot(outer, v), 0.0), 0.026);
  light += wet * windows(r) * mix(0.35, 1.0, cornea) * smoothstep(0.66, 0.5, disc.y);
  light += wet * mirrored(r, 0.12) * open * mix(0.4, 1.0, lid);
  painted = vec4(encoded(developed(light)), 1.0);
}
