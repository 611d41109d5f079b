"""Motion files of the kind BVH to poses of the platform's skeleton.

refusal.py    the one error: what is wrong with a file
parse.py      the file's bytes to joints and one frame's numbers
names.py      which joint of other skeletons is which bone of ours
retarget.py   a frame of theirs to a pose of ours
"""
