// Hair in locks of flat tones, with a band of light around the head.
#include "tones.glsl"
#include "locks.glsl"
uniform vec3 shine;      // the band's colour
uniform vec3 crown;      // which way the top of the head faces
uniform vec3 crown_at;   // and where it is
uniform float shining;   // and how much of it there is
const float REACH = 0.17;   // metres from there that the band is at most

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  float inside = step(dot(n, v), 0.0);
  if (inside > 0.5) n = -n;
  if (cut()) discard;
  vec2 own = lock();
  vec3 albedo = color * lit_tone;
  float light = toned() * (1.0 - inside);
  vec3 drawn = color * mix(shadow_tone, lit_tone, light);
  // Between locks a line of shade comes in towards the ends.
  float wide = 2.0 * LOCKS * fwidth(around_head());
  float half_of = 0.09 * smoothstep(0.25 + 0.75 * own.y, 1.1, run.w);
  float between = 1.0 - smoothstep(half_of - wide, half_of + wide, 1.0 - abs(own.x));
  drawn = mix(drawn, color * shadow_tone * 0.8, between * smoothstep(0.01, 0.05, half_of));
  // The band lies around the crown, where hair faces so far from it; locks cut its lower edge into points.
  float faces = dot(n, normalize(crown + 0.25 * v));
  float tooth = (1.0 - abs(own.x)) * (0.03 + 0.07 * own.y);
  float upper = 1.0 - smoothstep(0.80, 0.815, faces), lower = smoothstep(0.70, 0.715, faces + tooth);
  float band = upper * lower * (1.0 - inside) * smoothstep(0.05, 0.35, dot(n, v)) * smoothstep(REACH + 0.02, REACH, distance(at, crown_at));
  drawn = mix(drawn, shine, band * shining * mix(0.25, 1.0, light));
  painted = finished(drawn);
}
