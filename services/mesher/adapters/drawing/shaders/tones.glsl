// Flat tones: how much light there is decides for one of two, with an edge of a pixel.
#include "light.glsl"
uniform vec3 color;
uniform vec3 lit_tone;
uniform vec3 shadow_tone;
uniform float anime;
uniform vec3 ambience;   // the light around, beside the studio's
uniform sampler2D tones;   // screen: evened light, distance

float edge(float value, float at_value) {
  float soft = max(0.7 * fwidth(value), 0.003);
  return smoothstep(at_value - soft, at_value + soft, value);
}

// What of the evened light belongs to this place, and not to what is before or behind it.
float evened() {
  ivec2 side = textureSize(tones, 0);
  vec2 where = gl_FragCoord.xy * crevice_step * vec2(side) - 0.5, corner = floor(where), share = where - corner;
  float depth = distance(eye, at), sum = 0.0, all = 0.0;
  for (int each = 0; each < 4; each++) {
    ivec2 step_of = ivec2(each & 1, each >> 1);
    vec2 c = texelFetch(tones, clamp(ivec2(corner) + step_of, ivec2(0), side - 1), 0).rg;
    vec2 near = mix(1.0 - share, share, vec2(step_of));
    float weight = (near.x * near.y + 0.01) * (exp(-abs(c.g - depth) * 25.0) + 1e-5);
    sum += weight * c.r;
    all += weight;
  }
  return sum / all;
}

// 0 in shadow, 1 in light.
float toned() {
  return edge(evened(), mix(0.58, 0.50, anime));
}

vec4 finished(vec3 drawn) {
  return vec4(encoded(min(ambience * drawn, 1.0)), 1.0);
}
