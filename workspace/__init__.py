"""The spine and the ground of InnoCore workspace; importing it wakes nothing."""
