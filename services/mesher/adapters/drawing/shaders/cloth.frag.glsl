// Cloth and whatever else is matte: fuzz that catches light at the edge, and a weave.
#include "light.glsl"
uniform vec3 color;
uniform float roughness;
uniform float fuzz;
uniform sampler2D weave_map;

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  vec3 albedo = color * tint.rgb;
  // Threads lie along the body: the map is laid on from the side that the cloth faces most.
  vec3 side = pow(abs(n), vec3(4.0));
  side /= side.x + side.y + side.z;
  vec3 thread = side.x * texture(weave_map, at.zy * 55.0).rgb + side.y * texture(weave_map, at.xz * 55.0).rgb
      + side.z * texture(weave_map, at.xy * 55.0).rgb - 0.5;
  vec3 right = normalize(cross(vec3(0.0, 1.0, 0.0), n) + vec3(1e-4, 0.0, 0.0));
  vec3 fine = normalize(n + fuzz * 0.5 * (thread.x * right + thread.y * cross(n, right)));
  albedo *= 1.0 + fuzz * 0.35 * thread.z;

  float open = open_to.w * mix(hollow(), 1.0, 0.2);
  float shade = lit(1.0);
  float nl = dot(fine, lamp);
  float direct = clamp((nl + 0.08) / 1.08, 0.0, 1.0) * shade;
  vec3 soft = irradiance(normalize(mix(fine, open_to.xyz, 0.35)));
  vec3 light = albedo * (direct * lamp_light + soft * bounced(open, albedo));

  float nv = max(dot(n, v), 0.0);
  float rim = pow(1.0 - nv, 4.0);
  light += fuzz * (0.25 * albedo + 0.015) * rim * (soft * open + direct * lamp_light) * 1.4;
  light += lamp_light * direct * PI * gloss(fine, v, lamp, roughness) * 0.04 * (1.0 - 0.7 * fuzz);
  vec3 r = reflect(-v, fine);
  light += mirrored(r, roughness) * fresnel(nv, 0.04) * 0.35 * (1.0 - 0.6 * fuzz) * mirror_open(r, open);
  painted = vec4(encoded(developed(light)), 1.0);
}
