// Flat tones: how much light there is decides for one of two or three, with an edge of a pixel.
#include "light.glsl"
uniform vec3 color;
uniform vec3 lit_tone;
uniform vec3 shadow_tone;
uniform float middle;
uniform float anime;
uniform vec3 ambience;   // the light around, beside the studio's
uniform sampler2D tones;   // screen: evened light, distance

float edge(float value, float at_value) {
  float soft = max(0.7 * fwidth(value), 0.003);
  return smoothstep(at_value - soft, at_value + soft, value);
}

// 0 in shadow, 1 in light, and what is between.
float toned() {
  float light = of_neighbours(tones);
  float full = edge(light, mix(0.58, 0.50, anime));
  float half_full = middle > 0.0 ? edge(light, 0.44) : full;
  return mix(full, 0.5 * (full + half_full), step(0.001, middle));
}

vec4 finished(vec3 drawn) {
  return vec4(encoded(min(ambience * drawn, 1.0)), 1.0);
}
