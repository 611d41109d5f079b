// Skin: light goes in, reddens and comes out beside; oil on top in two lobes; pores.
#include "light.glsl"
uniform vec3 color;
uniform vec3 skin_tone;
uniform sampler2D picture;
uniform sampler2D grain_map;

// Light that wraps round the edge of the lit side, farther the redder it is.
vec3 wrapped(float nl, vec3 width) {
  vec3 d = clamp((nl + width) / (1.0 + width), 0.0, 1.0);
  return d * d * (3.0 - 2.0 * d) * 0.35 + d * 0.65 * mix(vec3(1.0), d, 0.3);
}

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = normalize(n - 1.02 * dot(n, v) * v);
  vec3 multiplier = decoded(texture(picture, place).rgb);
  vec3 albedo = color * multiplier * tint.rgb;
  // Pores tilt the surface; their map is sampled twice, so that no tile shows.
  vec3 pores = texture(grain_map, place * 46.0).rgb - 0.5;
  vec3 blotches = texture(grain_map, place * 3.0).rgb - 0.5;
  vec3 right = normalize(dFdx(at)), above = normalize(cross(n, right));
  right = cross(above, n);
  vec3 fine = normalize(n + 0.30 * (pores.x * right + pores.y * above));
  albedo *= 1.0 + vec3(0.05, 0.08, 0.07) * blotches.z + 0.06 * pores.z;
  float red = (multiplier.g * color.g) / max(multiplier.r * color.r, 1e-3) / (skin_tone.g / skin_tone.r);
  float lips = smoothstep(0.86, 0.72, red) * smoothstep(0.10, 0.25, multiplier.r);

  float open = open_to.w * hollow();
  float nl = dot(n, lamp);
  float shade = lit(1.0);
  vec3 bleeding = vec3(0.34, 0.14, 0.08);
  vec3 direct = wrapped(mix(nl, dot(fine, lamp), 0.5), bleeding) * pow(vec3(shade), vec3(0.72, 0.95, 1.0));
  vec3 soft = irradiance(normalize(mix(fine, open_to.xyz, 0.35)));
  vec3 light = albedo * (direct * lamp_light + soft * bounced(open, albedo));

  float nv = max(dot(n, v), 0.0);
  float oil = mix(0.50, 0.34, lips);
  vec3 h = normalize(lamp + v);
  float sheen = 0.8 * gloss(fine, v, lamp, oil) + 0.2 * gloss(fine, v, lamp, oil * 0.62);
  light += lamp_light * shade * max(dot(fine, lamp), 0.0) * PI * sheen * fresnel(dot(h, v), 0.028) * mix(1.0, 1.5, lips);
  vec3 r = reflect(-v, fine);
  float edge = fresnel(nv, 0.028) * mix(0.42, 1.0, lips);
  light += mirrored(r, oil) * edge * mirror_open(r, open);
  painted = vec4(encoded(developed(light)), 1.0);
}
