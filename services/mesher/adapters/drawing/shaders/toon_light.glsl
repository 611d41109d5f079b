// How much of the lamp's light a place gets in a drawing, before it is cut into tones.
#include "light.glsl"

// Light of the lamp over a wider place, by few looks: it is evened on the screen.
float widely_lit() {
  vec3 where = vec3(in_light.xy, min(in_light.z, 0.9999));
  float light = 0.0;
  for (int each = 4; each < 8; each++) light += texture(lamp_depth, vec3(where.xy + 0.012 / lamp_reach * SCATTERED[each], where.z));
  return light / 4.0;
}

float brightness(vec3 n) {
  float towards = dot(n, lamp) * 0.5 + 0.5;
  float light = min(towards, 0.5 * (widely_lit() + towards) + 0.02);
  return light * mix(0.66, 1.0, smoothstep(0.20, 0.62, open_to.w));
}
