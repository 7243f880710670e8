using System.CommandLine;
using System.Text;
using Gdn.Harness.TrainingText;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>model corpus</c>: the text on which the shipped model is trained and measured.</summary>
internal static class CorpusCommand
{
    private const long DefaultBytes = 1_000_000;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "Where to write the text; - for standard output." };
        Option<CorpusSplit> split = new("--split")
        {
            Description = "train, valid or test; no template instance is in two of them.",
            HelpName = "SPLIT",
            DefaultValueFactory = _ => CorpusSplit.Test,
        };
        Option<ulong> seed = new("--seed")
        {
            Description = "Same seed, same bytes.",
            HelpName = "S",
            DefaultValueFactory = _ => 1,
        };
        Option<long> bytes = new("--bytes")
        {
            Description = "Write whole documents until this many bytes are reached.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultBytes,
        };
        Option<bool> force = CommonOptions.Force();
        var command = new Command("corpus", "Write the text on which the shipped model is trained and measured.")
        {
            file, split, seed, bytes, force,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            long length = parsed.GetValue(bytes);
            if (length < 1) throw new InputException("--bytes", $"{length} is too small", "write at least one byte");
            void WriteTo(Stream stream)
            {
                using var output = new StreamWriter(stream, Encoding.ASCII, leaveOpen: true);
                CorpusGenerator.Write(parsed.GetValue(split), parsed.GetValue(seed), length, output);
            }

            if (path == "-")
            {
                WriteTo(Console.OpenStandardOutput());
                return (int)ExitCode.Clean;
            }

            CommonOptions.CheckNew(path, parsed.GetValue(force));
            OutputPath.TryFile(path);
            AtomicFile.Write(path, WriteTo);
            return (int)ExitCode.Clean;
        });
        return command;
    }
}
