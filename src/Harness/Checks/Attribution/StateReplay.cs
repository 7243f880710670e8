using Gdn.Harness.Schedules;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>Computes, by the reference in double precision, what would be answered from a state that is not the right one.</summary>
/// <param name="model">The model.</param>
internal sealed class StateReplay(ReferenceModel<double> model)
{
    private readonly Dictionary<TokenHistory, SequenceState> _states = [];

    /// <summary>Logits of each token, where the recurrent state before them is another.</summary>
    /// <param name="own">The right history before the tokens; keys and values stay those.</param>
    /// <param name="other">The history whose recurrent state is used.</param>
    /// <param name="parts">Which parts of it; the others are right.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns><c>[T][V]</c>.</returns>
    public double[][] Answer(TokenHistory own, TokenHistory other, StateParts parts, int[] tokens)
    {
        SequenceState state = Of(own).Copy();
        SequenceState source = Of(other);
        for (int layer = 0; layer < model.Config.Layers; layer++)
        {
            if (state[layer] is not RecurrentState<double> target) continue;
            var donor = (RecurrentState<double>)source[layer];
            if (parts.HasFlag(StateParts.Conv)) donor.Conv.CopyTo(target.Conv, 0);
            if (parts.HasFlag(StateParts.Delta)) donor.Delta.CopyTo(target.Delta, 0);
        }

        double[] hidden = model.Forward(state, tokens);
        int embedding = model.Config.Embedding;
        return [.. tokens.Select((_, t) =>
        {
            var logits = new double[model.Config.Vocabulary];
            model.Logits(hidden.AsSpan(t * embedding, embedding), logits);
            return logits;
        })];
    }

    private SequenceState Of(TokenHistory history)
    {
        if (_states.TryGetValue(history, out SequenceState? state)) return state;
        if (history.Parent is null)
        {
            state = model.NewState();
        }
        else
        {
            state = Of(history.Parent).Copy();
            model.Forward(state, [history.Token]);
        }

        return _states[history] = state;
    }
}
