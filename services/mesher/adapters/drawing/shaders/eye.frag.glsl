// An eye: a white that is not white, an iris that lies behind the cornea, and the studio's windows on it.
#include "light.glsl"
uniform vec3 color;
uniform sampler2D picture;
uniform sampler2D strand_map;
uniform float reach;     // half the picture's width in eyeball radii
uniform mat3 windows[2]; // to the right, up, and towards two windows
const float IRIS = 0.44;

float pane(mat3 window, vec3 r, vec2 half_size) {
  vec3 at_window = r * window;
  vec2 d = smoothstep(half_size + 0.05, half_size - 0.05, abs(at_window.xy / max(at_window.z, 0.05)));
  return at_window.z > 0.0 ? d.x * d.y : 0.0;
}

void main() {
  vec3 v = normalize(eye - at);
  vec3 gaze = normalize(run.xyz);
  vec3 n = normalize(facing);
  // Where on the ball, seen from straight ahead, in its radii.
  vec2 disc = (place - 0.5) * 2.0 * reach * vec2(1.0, -1.0);
  float radius = length(disc);
  vec3 right = normalize(cross(vec3(0.0, 1.0, 0.0), gaze)), above = cross(gaze, right);
  float front = step(0.0, dot(n, gaze));

  // The cornea bulges: over the iris the surface turns faster than the ball.
  float cornea = front * smoothstep(IRIS + 0.10, IRIS - 0.06, radius);
  vec3 outer = normalize(n + cornea * 0.6 * (disc.x * right + disc.y * above));
  // Behind it the iris lies deeper, so what is seen of it moves with the eye that looks.
  vec3 inside = refract(-v, outer, 1.0 / 1.34);
  float depth = 0.14 * sqrt(max(1.0 - radius * radius / 0.25, 0.0));
  vec2 slid = disc + depth * vec2(dot(inside, right), dot(inside, above)) / max(-dot(inside, gaze), 0.3);
  vec2 seen = mix(disc, slid, cornea);
  float seen_radius = length(seen);
  float iris = front * smoothstep(IRIS + 0.03, IRIS - 0.03, seen_radius);
  vec3 albedo = color * decoded(texture(picture, seen * vec2(1.0, -1.0) / (2.0 * reach) + 0.5).rgb);
  // Fibres run from the pupil outwards; the rim is dark; light gathers across from where it came in.
  float angle = atan(seen.y, seen.x) / 6.2831853;
  float fibres = texture(strand_map, vec2(angle * 0.5, seen_radius * 0.35)).r * 0.65
      + texture(strand_map, vec2(angle * 0.25, 0.4 + seen_radius * 0.2)).b * 0.35;
  vec2 lamp_side = normalize(vec2(dot(lamp, right), dot(lamp, above)) + 1e-4);
  float gathered = clamp(-dot(seen / max(seen_radius, 0.05), lamp_side), 0.0, 1.0) * smoothstep(0.16, 0.36, seen_radius);
  albedo *= mix(1.0, mix(0.45, 1.7, fibres) * (1.0 + 1.1 * gathered) * smoothstep(IRIS + 0.02, IRIS - 0.10, seen_radius), iris * smoothstep(0.17, 0.23, seen_radius));
  // The white is a little grey, pinker towards the corners.
  albedo *= mix(mix(vec3(0.80, 0.78, 0.77), vec3(0.74, 0.55, 0.50), smoothstep(0.50, 0.95, radius)), vec3(1.0), iris);

  float open = clamp(open_to.w * 1.1, 0.0, 1.0) * hollow();
  // The upper lid with its lashes shades the top of the ball.
  float lid = mix(0.30, 1.0, smoothstep(0.40, -0.10, disc.y)) * mix(0.75, 1.0, smoothstep(0.95, 0.55, abs(disc.x)));
  float shade = lit(1.0);
  vec3 ball = normalize(mix(n, gaze, 0.4));
  float direct = clamp((dot(ball, lamp) + 0.3) / 1.3, 0.0, 1.0) * mix(shade, 1.0, 0.4);
  vec3 light = albedo * lid * (0.9 * direct * lamp_light + irradiance(ball) * mix(open, 1.0, 0.4));

  vec3 r = reflect(-v, outer);
  float wet = fresnel(max(dot(outer, v), 0.0), 0.026);
  float catch_light = pane(windows[0], r, vec2(0.20, 0.27)) + 0.16 * pane(windows[1], r, vec2(0.12, 0.5));
  light += lamp_light * min(36.0 * wet, 1.1) * catch_light * mix(0.15, 1.0, cornea);
  light += wet * mirrored(r, 0.15) * mix(open, 1.0, 0.3) * lid;
  painted = vec4(encoded(developed(light)), 1.0);
}
