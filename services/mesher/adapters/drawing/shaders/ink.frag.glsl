uniform vec3 ink;   // linear
layout(location = 0) out vec4 painted;

void main() {
  vec3 c = clamp(ink, 0.0, 1.0);
  painted = vec4(mix(12.92 * c, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)), 1.0);
}
