"""The cloud this product runs in, as code: one CDK app, a data stack and a service stack for each stage."""
