// Hair in locks of flat tones, with a band of light around the head.
#include "tones.glsl"
#include "locks.glsl"
uniform vec3 shine;      // the band's colour
uniform float shining;   // and how much of it there is

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
  float half_of = 0.10 * smoothstep(0.30 + 0.40 * own.y, 1.0, run.w);
  float between = 1.0 - smoothstep(half_of - wide, half_of + wide, 1.0 - abs(own.x));
  drawn = mix(drawn, color * shadow_tone * 0.8, between * smoothstep(0.0, 0.05, half_of));
  // The band lies where strands are square to a light above the camera; locks cut its lower edge into points.
  vec3 along = normalize(run.xyz);
  vec3 above = normalize(v + vec3(0.0, 1.5, 0.0));
  float slope = dot(along, above);
  float tooth = (1.0 - abs(own.x)) * (0.10 + 0.10 * own.y);
  float middle_of = 0.02;
  float band = smoothstep(-0.14 - tooth, -0.11 - tooth, slope - middle_of) * (1.0 - smoothstep(0.10, 0.13, slope - middle_of));
  band *= (1.0 - inside) * smoothstep(0.15, 0.45, dot(n, v)) * step(run.w, 0.8);
  drawn = mix(drawn, shine, band * shining * mix(0.35, 1.0, light));
  painted = finished(drawn);
}
