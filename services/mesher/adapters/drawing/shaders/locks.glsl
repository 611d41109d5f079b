// Hair in locks: each its own way along the head, its ends cut to a point.
const float LOCKS = 22.0;

// Place around the head, 0 to 1, as locks have it.
float around_head() {
  float turn = atan(around.y, around.x) / 6.2831853 + 0.5;
  return turn + 0.022 * sin(6.2831853 * (3.0 * turn + 0.13)) + 0.009 * sin(6.2831853 * (7.0 * turn + 0.71));
}

// Across its lock, -1 to 1, and a number of the lock's own, 0 to 1.
vec2 lock() {
  float at_lock = around_head() * LOCKS;
  return vec2(2.0 * fract(at_lock) - 1.0, fract(0.618034 * mod(floor(at_lock), LOCKS) + 0.31));
}

bool cut() {
  vec2 own = lock();
  return run.w > 0.995 - (0.015 + 0.035 * own.y) * own.x * own.x;
}
