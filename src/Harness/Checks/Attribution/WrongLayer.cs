using Gdn.Harness.Models;
using Gdn.Reference;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>The first layer of a model whose work is wrong.</summary>
/// <param name="Number">Which, from 1; 0 where already the tokens that go in, or the rows that come out, are wrong.</param>
/// <param name="Layers">How many the model has.</param>
/// <param name="IsRecurrent">Whether it is a linear layer.</param>
/// <remarks>
/// Found by recomputation: the same schedule on models that end after the first layer, the first two, and so on. The shortest
/// whose logits are wrong ends with the layer. Later layers may be wrong too.
/// </remarks>
public sealed record WrongLayer(int Number, int Layers, bool IsRecurrent)
{
    // What is written anew for every layer.
    private const long MaxFileBytes = 64 << 20;

    /// <summary>Whether the engine is right on the model without the layer; else it could not be asked.</summary>
    public bool IsSure { get; init; } = true;

    /// <summary>Finds it.</summary>
    /// <returns>
    /// Null where it cannot be known: the logits agree with the reference, or the engine reads files and the model's is large.
    /// </returns>
    public static WrongLayer? Of(ModelCase @case, CancellationToken cancellation)
    {
        LoadedModel model = @case.Model;
        if (@case.Engine.ReadsModelFile && model.FileBytes > MaxFileBytes) return null;
        bool isSure = true;
        for (int layers = 0; layers <= model.Config.Layers; layers++)
        {
            bool? isWrong = IsWrong(layers == model.Config.Layers ? @case : @case.On(model.First(layers)), cancellation);
            if (isWrong == true)
                return new WrongLayer(layers, model.Config.Layers, layers > 0 && model.Config.RecurrentLayers[layers - 1])
                {
                    IsSure = isSure,
                };
            isSure = isWrong is not null;
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Number == 0
        ? "none: the input tokens or the output rows are wrong"
        : FormattableString.Invariant(
            $"{Number} of {Layers} ({(IsRecurrent ? "recurrent" : "attention")}){(IsSure ? "" : ", or what comes before")}");

    // Null where the engine does not take so short a model; a longer one may tell.
    private static bool? IsWrong(ModelCase @case, CancellationToken cancellation)
    {
        try
        {
            return new DifferentialCheck().Run(@case, cancellation).Discrepancy is not null;
        }
        catch (Exception e) when (e is EngineFailedException or InputException)
        {
            return null;
        }
    }
}
