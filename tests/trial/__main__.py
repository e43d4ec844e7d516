"""`python -m tests.trial`. Nothing is imported but to run: each process of a trial imports this module anew."""

if __name__ == "__main__":
    import typer

    from tests.trial.command import main

    typer.run(main)
