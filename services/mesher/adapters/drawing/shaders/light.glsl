// The studio's light: one lamp that casts shadows, and around it soft lights, each a lobe on the sphere.
// A driver may take one difference for all four neighbours of a square where it is not asked for each row's own.
#ifdef GL_ARB_derivative_control
#define ACROSS dFdxFine
#define DOWN dFdyFine
#else
#define ACROSS dFdx
#define DOWN dFdy
#endif
const float PI = 3.14159265;
const int LOBES = 8;
uniform vec3 eye;
uniform vec3 lamp;            // towards it
uniform vec3 lamp_light;
uniform vec4 lobes[LOBES];    // direction, sharpness
uniform vec3 lobe_light[LOBES];
uniform vec3 even_light;
uniform vec3 harmonics[9];    // the same as irradiance over pi
uniform sampler2DShadow lamp_depth;
uniform sampler2D lamp_depth_plain;
uniform float lamp_reach;     // metres across the lamp's map
uniform sampler2D crevices;   // screen: openness of small hollows, distance
uniform vec2 crevice_step;
uniform float has_crevices;

in vec3 at;
in vec3 facing;
in vec2 place;
in vec4 tint;
in vec4 run;
in vec2 around;
in vec4 open_to;
in vec3 in_light;
layout(location = 0) out vec4 painted;

vec3 irradiance(vec3 n) {
  return harmonics[0] + harmonics[1] * n.y + harmonics[2] * n.z + harmonics[3] * n.x
      + harmonics[4] * (n.x * n.y) + harmonics[5] * (n.y * n.z) + harmonics[6] * (3.0 * n.z * n.z - 1.0)
      + harmonics[7] * (n.x * n.z) + harmonics[8] * (n.x * n.x - n.y * n.y);
}

// What a surface of this roughness mirrors of the studio: a lobe folded with a lobe is a lobe.
vec3 mirrored(vec3 r, float roughness) {
  float alpha = roughness * roughness;
  float sharp = 0.5 / (alpha * alpha);
  vec3 sum = even_light;
  for (int each = 0; each < LOBES; each++) {
    float folded = lobes[each].w * sharp / (lobes[each].w + sharp);
    sum += lobe_light[each] * (folded / lobes[each].w) * exp(folded * (dot(r, lobes[each].xyz) - 1.0));
  }
  return sum;
}

const vec2 SCATTERED[8] = vec2[8](
    vec2(0.2500, 0.0000), vec2(-0.3193, 0.2925), vec2(0.0489, -0.5569), vec2(0.4024, 0.5249),
    vec2(-0.7385, -0.1306), vec2(0.6996, -0.4450), vec2(-0.2340, 0.8705), vec2(-0.4463, -0.8593));

mat2 turned(float angle) {
  return mat2(cos(angle), sin(angle), -sin(angle), cos(angle));
}

// The mean over the four neighbours of a square; `side` is which of them this is, -1 or 1 each way.
float of_square(float own, vec2 side) {
  own -= 0.5 * side.x * ACROSS(own);
  return own - 0.5 * side.y * DOWN(own);
}

// 0 in full shadow, 1 in full light; the farther what is in the way, the softer the edge.
float lit(float softness) {
  vec3 where = vec3(in_light.xy, min(in_light.z, 0.9999));
  vec2 edge = abs(where.xy - 0.5);
  float beyond = smoothstep(0.40, 0.49, max(edge.x, edge.y));
  // The four neighbours of a square look with the pattern turned and stretched, each otherwise, and share what they see: 32
  // looks at what is in the way, and 32 at the light. How far what is in the way is sets the edge's softness: found with other
  // turns in each square it was grain all over the shadow. The light is looked at with other turns, or the pattern's steps show.
  vec2 side = fract(gl_FragCoord.xy * 0.5) * 4.0 - 2.0;
  float number = side.x + 0.5 * side.y;
  mat2 looks = (1.0 + 0.053 * number) * turned(1.737 * number);
  float near = 0.0, count = 0.0;
  mat2 wide = looks * (0.05 * softness / lamp_reach);
  for (int each = 0; each < 8; each++) {
    float depth = texture(lamp_depth_plain, where.xy + wide * SCATTERED[each]).r;
    if (depth < where.z) { near += depth; count += 1.0; }
  }
  near = of_square(near, side);
  count = of_square(count, side);
  float gap = (where.z - near / max(count, 0.25)) * lamp_reach;
  float grain = fract(52.9829189 * fract(dot(floor(gl_FragCoord.xy * 0.5), vec2(0.06711056, 0.00583715))));
  mat2 soft = turned(1.5707963 * grain) * looks * (clamp(gap * 0.2 * softness, 0.0025, 0.05) / lamp_reach);
  float light = 0.0;
  for (int each = 0; each < 8; each++) light += texture(lamp_depth, vec3(where.xy + soft * SCATTERED[each], where.z));
  light = of_square(count < 0.125 ? 8.0 : light, side) / 8.0;
  return mix(clamp(light, 0.0, 1.0), 1.0, beyond);
}

// The same with an edge of one softness, for a sixth of the work: among strands nobody sees the difference.
float roughly_lit() {
  vec3 where = vec3(in_light.xy, min(in_light.z, 0.9999));
  float light = 0.0;
  for (int each = 5; each < 8; each++) light += texture(lamp_depth, vec3(where.xy + 0.006 / lamp_reach * SCATTERED[each], where.z));
  return light / 3.0;
}

// Openness of small hollows, of those neighbours on the screen that lie at the same distance.
float hollow() {
  if (has_crevices == 0.0) return 1.0;
  vec2 where = gl_FragCoord.xy * crevice_step;
  float depth = distance(eye, at);
  vec2 texel = 1.0 / vec2(textureSize(crevices, 0));
  float sum = 0.0, all = 1e-4;
  for (int each = 0; each < 4; each++) {
    vec2 c = texture(crevices, where + (vec2(each & 1, each >> 1) - 0.5) * texel).rg;
    float weight = exp(-abs(c.g - depth) * 60.0);
    sum += weight * c.r;
    all += weight;
  }
  return all < 0.01 ? 1.0 : sum / all;
}

// Light that bounces within a hollow takes the surface's colour on.
vec3 bounced(float open, vec3 albedo) {
  vec3 a = 2.0404 * albedo - 0.3324, b = -4.7951 * albedo + 0.6417, c = 2.7552 * albedo + 0.6903;
  return max(vec3(open), ((open * a + b) * open + c) * open);
}

float ggx(float nh, float alpha) {
  float d = (nh * alpha - nh) * nh + 1.0;
  return alpha / (PI * d * d);
}

// Height-correlated masking over 4 nl nv.
float masking(float nl, float nv, float alpha) {
  return 0.5 / (nl * sqrt(nv * nv * (1.0 - alpha) + alpha) + nv * sqrt(nl * nl * (1.0 - alpha) + alpha) + 1e-5);
}

float gloss(vec3 n, vec3 v, vec3 l, float roughness) {
  float alpha = roughness * roughness;
  alpha *= alpha;
  vec3 h = normalize(l + v);
  return ggx(max(dot(n, h), 0.0), alpha) * masking(max(dot(n, l), 0.0), max(dot(n, v), 1e-3), alpha);
}

float fresnel(float cosine, float straight) {
  return straight + (1.0 - straight) * pow(1.0 - clamp(cosine, 0.0, 1.0), 5.0);
}

// How much of what is mirrored along r gets out of a hollow.
float mirror_open(vec3 r, float open) {
  return clamp(open + (dot(r, open_to.xyz) - 0.2) * (1.0 - open), 0.0, 1.0) * mix(open, 1.0, 0.4);
}

// Light to what a screen shows: colours below the shoulder stay as they are, highlights lose colour towards white.
vec3 developed(vec3 light) {
  float peak = max(light.r, max(light.g, light.b));
  const float START = 0.70;
  if (peak < START) return light;
  const float ROOM = 1.0 - START;
  float held = 1.0 - ROOM * ROOM / (peak + ROOM - START);
  light *= held / peak;
  float white = 1.0 - 1.0 / (0.22 * (peak - held) + 1.0);
  return mix(light, vec3(held), white);
}

vec3 encoded(vec3 light) {
  vec3 c = clamp(light, 0.0, 1.0);
  return mix(12.92 * c, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

vec3 decoded(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}
