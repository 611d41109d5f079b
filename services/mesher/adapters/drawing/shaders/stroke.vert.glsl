// Strokes of a brush on the face: they lie on it, and in front of lids and brows that bulge between their points.
in vec3 position;
uniform mat4 view_projection;
uniform vec3 eye;
const float BEFORE = 0.008;   // metres

void main() {
  gl_Position = view_projection * vec4(position, 1.0);
  vec4 nearer = view_projection * vec4(position + BEFORE * normalize(eye - position), 1.0);
  gl_Position.z = nearer.z / nearer.w * gl_Position.w;
}
