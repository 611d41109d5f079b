// Flat tones: how much light there is decides for one of two or three, with an edge of a pixel.
#include "light.glsl"
uniform vec3 color;
uniform vec3 shadow_tone;
uniform float middle;
uniform float vivid;
uniform float anime;

float edge(float value, float at_value) {
  float soft = max(fwidth(value), 0.004);
  return smoothstep(at_value - soft, at_value + soft, value);
}

vec3 vivid_of(vec3 c) {
  float grey = dot(c, vec3(0.2126, 0.7152, 0.0722));
  return max(mix(vec3(grey), c, vivid), 0.0);
}

// Light of the lamp over a wider place, so that the map's own steps do not show where a tone begins.
float widely_lit() {
  vec3 where = vec3(in_light.xy, min(in_light.z, 0.9999));
  float light = 0.0;
  for (int each = 0; each < 8; each++) light += texture(lamp_depth, vec3(where.xy + 0.014 / lamp_reach * SCATTERED[each], where.z));
  return light / 8.0;
}

// 0 in shadow, 1 in light, and what is between.
float toned(vec3 n) {
  float light = min(dot(n, lamp) * 0.5 + 0.5, widely_lit() * 0.5 + 0.5 * (dot(n, lamp) * 0.5 + 0.5) + 0.02);
  light *= mix(0.75, 1.0, smoothstep(0.25, 0.65, open_to.w));
  float full = edge(light, mix(0.58, 0.47, anime));
  float half_full = middle > 0.0 ? edge(light, 0.40) : full;
  return mix(full, 0.5 * (full + half_full), step(0.001, middle));
}

vec3 tone(vec3 albedo, float light) {
  return albedo * mix(shadow_tone, vec3(1.0), light);
}
