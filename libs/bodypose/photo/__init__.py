"""A photo of one person to a pose of the platform's skeleton.

networks.py   what is needed of neural networks
people.py     the people in a photo, 33 landmarks each
guess.py      what a person does that cannot be seen
start.py      a first guess
residuals.py  how far a pose is from what was seen
solve.py      landmarks to joints
read.py       the verdict on a photo: its pose, or what is wrong with it
"""
