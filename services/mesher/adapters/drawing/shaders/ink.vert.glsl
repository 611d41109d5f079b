// A surface grown by a line's width on the screen, however far it is.
in vec3 position;
in vec3 normal;
uniform mat4 view_projection;
uniform float width;   // of the picture's side

void main() {
  vec4 clip = view_projection * vec4(position, 1.0);
  vec2 out_of = (view_projection * vec4(normal, 0.0)).xy;
  float length_of = length(out_of);
  // Back a little: where two surfaces touch, their lines must not lie on them.
  clip.xy += (length_of > 1e-6 ? out_of / length_of : vec2(0.0)) * 2.0 * width * clip.w;
  clip.z += 0.00012 * clip.w;
  gl_Position = clip;
}
