using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary><c>model</c>: make and look into model files.</summary>
internal static class ModelCommand
{
    // Of what a file says of itself.
    private const int MostShown = 2000;

    private static readonly TableOf<GgufTensor> Tensors = new TableOf<GgufTensor>("tensors")
        .Left("tensor", "tensor", tensor => tensor.Name)
        .Right("shape", "shape", tensor => $"[{string.Join(", ", tensor.Dimensions)}]")
        .Right("type", "type", tensor => GgmlTypes.NameOf(tensor.Type))
        .Right("bytes", "bytes", tensor => tensor.ByteLength, tensor => tensor.ByteLength.ToString("N0", CultureInfo.InvariantCulture));

    public static Command Create() => new("model", "Create small models and their training text, and inspect model files.")
    {
        Synth(), Quantize(), Info(), CorpusCommand.Create(),
    };

    private static Command Synth()
    {
        Argument<string> file = new("FILE") { Description = "Where to write the GGUF file." };
        Option<Architecture> architecture = new("--arch")
        {
            Description = $"One of {string.Join(", ", ArchitectureNames.All)}.",
            HelpName = "ARCH",
            CustomParser = result => CommonOptions.Parse(result, ParseArchitecture),
            DefaultValueFactory = _ => Architecture.Qwen35,
        };
        Option<int> seed = new("--seed") { Description = "Seed of the weights.", DefaultValueFactory = _ => 1 };
        Option<bool> mtp = new("--mtp") { Description = "Add a multi-token-prediction layer." };
        var sizes = new SyntheticSizes();
        Option<int> layers = CommonOptions.Count("--layers", "Trunk layers; every fourth is full attention.", sizes.Layers);
        Option<int> embedding = CommonOptions.Count("--embedding", "Length of the hidden state.", sizes.Embedding);
        Option<bool> force = CommonOptions.Force();
        var command = new Command("synth", "Write a small random model that real engines load.")
        {
            file, architecture, seed, mtp, layers, embedding, force,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            CommonOptions.CheckNew(path, parsed.GetValue(force));
            OutputPath.TryFile(path);
            SyntheticModel.Create(
                parsed.GetValue(architecture),
                sizes with
                {
                    Layers = parsed.GetValue(layers),
                    Embedding = parsed.GetValue(embedding),
                    DraftLayers = parsed.GetValue(mtp) ? 1 : 0,
                },
                parsed.GetValue(seed)).Write(path);
            using GgufFile written = GgufFile.Open(path);
            Print(ModelInfo.Read(written), tensors: false);
            return (int)ExitCode.Clean;
        });
        return command;
    }

    private static Command Quantize()
    {
        Argument<string> file = new("FILE") { Description = "Where to write the GGUF file." };
        Option<string> model = CommonOptions.Model();
        Option<bool> force = CommonOptions.Force();
        var command = new Command("quantize", "Write a model with its matrices in Q8_0.") { file, model, force };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            CommonOptions.CheckNew(path, parsed.GetValue(force));
            OutputPath.TryFile(path);
            using GgufFile plain = LoadedModel.Open(parsed.GetRequiredValue(model));
            QuantizedModel.Of(plain).Write(path);
            using GgufFile written = GgufFile.Open(path);
            Print(ModelInfo.Read(written), tensors: false);
            return (int)ExitCode.Clean;
        });
        return command;
    }

    private static Command Info()
    {
        Argument<string?> file = new("FILE")
        {
            Description = "A GGUF file. [default: the model that ships with the tool]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> tensors = new("--tensors") { Description = "List every tensor." };
        var command = new Command("info", "Print the contents of a model file.") { file, tensors };
        command.SetAction(parsed =>
        {
            using GgufFile opened = GgufFile.Open(ShippedModel.PathOf(parsed.GetValue(file) ?? ShippedModel.Name));
            Print(ModelInfo.Read(opened), parsed.GetValue(tensors));
            return (int)ExitCode.Clean;
        });
        return command;
    }

    private static void Print(ModelInfo info, bool tensors)
    {
        Output.Writer.Write([.. info.Lines().Select(line => (line.Item1, OutsideText.OneLine(line.Item2, MostShown)))]);
        if (!tensors) return;

        Output.Writer.Write(Tensors.Of(info.Tensors));
    }

    private static Architecture ParseArchitecture(string text) => ArchitectureNames.TryParse(text, out Architecture value)
        ? value
        : throw new InputException("--arch", $"'{text}' is unknown", $"use {string.Join(", ", ArchitectureNames.All)}");
}
