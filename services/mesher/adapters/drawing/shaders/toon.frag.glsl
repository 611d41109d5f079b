// Skin, cloth and all else in flat tones.
#include "tones.glsl"
uniform sampler2D picture;
uniform vec3 skin_tone;
uniform float plain;   // 1 for what has the same tone everywhere

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  // A photo's own shades are told by a coarser picture alone.
  vec3 albedo = vivid_of(color * decoded(texture(picture, place, 1.0).rgb) * tint.rgb);
  vec3 light = mix(tone(albedo, toned(n)), albedo, plain);
  light *= 1.0 + (1.0 - plain) * (1.0 - anime) * 0.16 * edge(1.0 - max(dot(n, v), 0.0), 0.78) * step(0.0, dot(n, lamp) + 0.6);
  painted = vec4(encoded(light * 0.98), 1.0);
}
