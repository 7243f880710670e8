return await Gdn.Harness.Cli.CommandLine.Run(args);
