// Where the skin's picture has lips, told by its redness beside the skin's.
uniform vec3 skin_tone;
uniform float made_up;   // 1 where lips are painted; 0 where a photo has them

float lip_of(vec3 worn, vec3 color) {
  float red = worn.g * color.g / max(worn.r * color.r, 1e-3) / (skin_tone.g / max(skin_tone.r, 1e-3));
  return made_up * smoothstep(0.86, 0.76, red) * smoothstep(0.45, 0.60, red) * smoothstep(0.45, 0.65, worn.r);
}
