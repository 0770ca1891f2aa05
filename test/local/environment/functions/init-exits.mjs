process.exit(Number(process.env.EXIT_CODE));
