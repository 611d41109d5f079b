// Skin, cloth and all else in flat tones.
#include "tones.glsl"
#include "lips.glsl"
uniform sampler2D picture;
uniform vec3 lips;      // their colour
uniform float rim;      // how much lighter the lit edge is

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  // A photo's own shades are told by a coarser picture alone.
  vec3 worn = decoded(texture(picture, place, 1.0).rgb) * tint.rgb;
  float lip = lip_of(worn, color);
  // Brows are strokes of their own, over those that the skin's picture holds.
  worn = mix(worn, vec3(1.0), made_up * smoothstep(0.74, 0.86, (1.0 - worn.r) / max(1.0 - worn.g, 0.02)));
  vec3 albedo = color * worn * lit_tone;
  albedo = mix(albedo, lips, lip);
  vec3 drawn = albedo * mix(shadow_tone / lit_tone, vec3(1.0), toned());
  drawn *= 1.0 + rim * edge(1.0 - max(dot(n, v), 0.0), 0.78) * step(0.0, dot(n, lamp) + 0.6);
  painted = finished(drawn);
}
