// Hair: strands that thin out at their ends, and two bands of light along them.
#include "light.glsl"
uniform vec3 color;
uniform sampler2D strand_map;
uniform float layer;   // 0 the base, to 1 the outermost stray strands

float band(vec3 t, vec3 h, float width) {
  float th = dot(t, h);
  float s = max(1.0 - th * th, 0.0);
  return smoothstep(-1.0, 0.0, th) * pow(s, 0.5 * width);
}

void main() {
  vec3 v = normalize(eye - at);
  vec3 n = normalize(facing);
  if (dot(n, v) < 0.0) n = -n;
  vec3 t = normalize(run.xyz);
  t = normalize(t - 0.3 * dot(t, n) * n);
  float way = run.w;
  float turn = atan(around.y, around.x) / 6.2831853;
  // Fine strands over tufts; near the crown, where all meet, the fine ones would alias.
  vec4 fine = texture(strand_map, vec2(turn * 9.0 + 0.02 * sin(way * 9.0 + turn * 40.0), way * 1.3));
  vec4 tuft = texture(strand_map, vec2(turn * 2.0 + 0.01 * sin(way * 5.0), way * 0.6 + 0.37));
  float strand = mix(fine.r, tuft.r, 0.35);
  float reaches = 0.90 + 0.10 * tuft.g;
  float cover = smoothstep(reaches, reaches - 0.10, way + 0.05 * (1.0 - fine.g));
  cover *= layer == 0.0 ? 1.0 : smoothstep(0.35 + 0.45 * layer, 0.75 + 0.25 * layer, fine.b);
  if (cover < 0.05) discard;

  vec3 albedo = color * tint.rgb * mix(0.55, 1.35, strand) * mix(0.75, 1.1, tuft.g);
  float open = open_to.w * mix(hollow(), 1.0, 0.5) * mix(0.7, 1.0, strand);
  float shade = lit(1.6);
  float nl = dot(n, lamp);
  float direct = clamp((nl + 0.35) / 1.35, 0.0, 1.0) * shade;
  float across = sqrt(max(1.0 - pow(dot(t, lamp), 2.0), 0.0));
  vec3 light = albedo * (direct * mix(1.0, across, 0.5) * lamp_light + irradiance(normalize(mix(n, open_to.xyz, 0.4))) * bounced(open, albedo));

  // The first band is the light's own colour, the second, farther to the root, the hair's.
  float jitter = (fine.g - 0.5) * 0.28 + (tuft.b - 0.5) * 0.12;
  vec3 h = normalize(lamp + v);
  vec3 upper = normalize(t + (0.10 + jitter) * n), lower = normalize(t + (-0.14 + jitter) * n);
  vec3 glow = band(upper, h, 90.0) * vec3(0.16) + band(lower, h, 26.0) * 0.55 * sqrt(color) * (0.25 + color);
  light += glow * lamp_light * shade * clamp(nl + 0.4, 0.0, 1.0) * mix(0.4, 1.2, strand);
  // The same from the soft lights around, of which the one behind the camera's shoulder and the top matter.
  for (int each = 0; each < LOBES; each++) {
    vec3 half_way = normalize(lobes[each].xyz + v);
    float from = clamp(dot(n, lobes[each].xyz) + 0.35, 0.0, 1.0) / (1.0 + lobes[each].w * 0.2);
    light += lobe_light[each] * from * open * (band(upper, half_way, 30.0) * 0.07 + band(lower, half_way, 12.0) * 0.22 * sqrt(color) * (0.2 + color)) * mix(0.5, 1.2, strand);
  }
  painted = vec4(encoded(developed(light)), cover);
  gl_SampleMask[0] = int((1 << int(cover * 4.0 + 0.5)) - 1) << 0;
  painted.a = 1.0;
}
