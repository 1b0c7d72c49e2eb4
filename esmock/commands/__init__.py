"""The commands beyond ``serve``, one module each: ``add_parser`` declares it, ``run`` carries it out."""
