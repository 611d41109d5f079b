// What was drawn before what is behind it.
uniform sampler2D drawn;    // premultiplied, sRGB
uniform sampler2D scenery;  // as large as the picture, the upper row first
uniform float has_scenery;
uniform vec3 top;
uniform vec3 bottom;
uniform float behind;       // 0 for nothing
in vec2 place;
out vec4 result;

void main() {
  vec4 front = texture(drawn, place);
  vec3 plain = mix(bottom, top, place.y);
  // Half a step of noise where colours run into each other: without it the steps would show as bands.
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
  if (top != bottom) plain += noise / 255.0;
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec3 back = has_scenery > 0.5 ? texelFetch(scenery, ivec2(at.x, textureSize(scenery, 0).y - 1 - at.y), 0).rgb : plain;
  float alpha = mix(front.a, 1.0, behind);
  vec3 straight = behind > 0.5 ? front.rgb + (1.0 - front.a) * back : front.rgb / max(front.a, 1e-4);
  result = vec4(straight, alpha);
}
