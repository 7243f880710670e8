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
    /// <summary>Finds it.</summary>
    /// <returns>
    /// Null where it cannot be known: the logits agree with the reference, or the engine cannot be given the first layers of
    /// a model.
    /// </returns>
    public static WrongLayer? Of(ModelCase @case, CancellationToken cancellation)
    {
        LoadedModel model = @case.Model;
        if (@case.Engine.ReadsModelFile) return null;
        for (int layers = 0; layers <= model.Config.Layers; layers++)
            if (IsWrong(@case.On(model.First(layers)), cancellation))
                return new WrongLayer(
                    layers, model.Config.Layers, layers > 0 && model.Config.RecurrentLayers[layers - 1]);
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Number == 0
        ? "none: the input tokens or the output rows are wrong"
        : FormattableString.Invariant($"{Number} of {Layers} ({(IsRecurrent ? "recurrent" : "attention")})");

    private static bool IsWrong(ModelCase @case, CancellationToken cancellation)
    {
        try
        {
            return new DifferentialCheck().Run(@case, cancellation).Discrepancy is not null;
        }
        catch (Exception e) when (e is EngineFailedException or InputException)
        {
            // The engine does not take so short a model; a longer one may tell.
            return false;
        }
    }
}
