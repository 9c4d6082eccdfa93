"""What runs in the cloud: a folder for each domain, and the kernel that all of them stand on."""
