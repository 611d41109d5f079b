// Teeth and tongue: wet, and shaded by the lips that stand before them.
#include "light.glsl"
uniform vec3 color;
uniform float roughness;

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  vec3 albedo = color * tint.rgb;
  float open = open_to.w * hollow();
  float shade = lit(1.0);
  float direct = clamp((dot(n, lamp) + 0.2) / 1.2, 0.0, 1.0) * shade;
  vec3 light = albedo * (direct * lamp_light + irradiance(n) * bounced(open, albedo));
  vec3 r = reflect(-v, n);
  light += lamp_light * direct * PI * gloss(n, v, lamp, roughness) * 0.04;
  light += mirrored(r, roughness) * fresnel(max(dot(n, v), 0.0), 0.04) * tint.r * open;
  painted = vec4(encoded(developed(light)), 1.0);
}
