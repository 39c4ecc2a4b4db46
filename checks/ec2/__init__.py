"""EC2 and VPC: instances, their disks and images, security groups and networks."""
