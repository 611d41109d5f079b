// The floor shows nothing but the shadows on it.
#include "light.glsl"
uniform vec2 middle;
uniform float fades_at;
uniform vec3 shaded;  // of the floor in shadow, linear
uniform float most;  // how much of the floor a shadow covers
uniform vec2 edge;   // darknesses between which a shadow comes in

void main() {
  vec3 up = vec3(0.0, 1.0, 0.0);
  vec3 full = lamp.y * lamp_light + irradiance(up);
  vec3 left = lit(1.4) * lamp.y * lamp_light + open_to.w * irradiance(up);
  float dark = 1.0 - clamp((left.r + left.g + left.b) / (full.r + full.g + full.b), 0.0, 1.0);
  float fade = 1.0 - smoothstep(0.45 * fades_at, fades_at, distance(at.xz, middle));
  dark = edge == vec2(0.0, 1.0) ? dark : 0.45 * smoothstep(edge.x, edge.y, dark);
  // Seen as a darker shade of the backdrop: half as dark as a floor in the light of the lamp alone would be.
  painted = vec4(encoded(shaded), 1.0) * (most * fade * dark);
}
