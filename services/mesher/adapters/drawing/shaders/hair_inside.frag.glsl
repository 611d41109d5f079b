// The inside of hair, half of what there is to shade of it: nothing shines there.
#include "hair.glsl"
