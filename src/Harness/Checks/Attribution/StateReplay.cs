using System.Diagnostics;
using Gdn.Harness.Schedules;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>Computes, by the reference in double precision, what would be answered from a state that is not the right one.</summary>
/// <param name="model">The model.</param>
internal sealed class StateReplay(ReferenceModel<double> model)
{
    // Explaining must not take minutes, and the states of a large model are large.
    private const int MaxTokens = 60_000;
    private const long MaxBytes = 256L << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    private readonly Dictionary<TokenHistory, SequenceState> _states = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly long _stateBytes = sizeof(double) * (long)model.Config.RecurrentLayers.Count(recurrent => recurrent)
        * ((model.Config.DeltaNet?.ConvStateLength + 2L * model.Config.DeltaNet?.DeltaStateLength) ?? 0);

    private int _tokens;

    /// <summary>Whether so much was computed that no more should be: what was not tried by now stays untried.</summary>
    public bool IsSpent => _tokens > MaxTokens || _states.Count * _stateBytes > MaxBytes || _watch.Elapsed > MaxTime;

    /// <summary>Logits of the last tokens, where the recurrent state before the first is another.</summary>
    /// <param name="own">The right history before the tokens; keys and values stay those.</param>
    /// <param name="other">The history whose recurrent state is used.</param>
    /// <param name="parts">Which parts of it; the others are right.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="silent">How many of them have no logits.</param>
    /// <returns><c>[T - silent][V]</c>.</returns>
    public double[][] Answer(
        TokenHistory own, TokenHistory other, StateParts parts, ReadOnlySpan<int> tokens, int silent)
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
        _tokens += tokens.Length;
        int embedding = model.Config.Embedding;
        var logits = new double[tokens.Length - silent][];
        for (int t = 0; t < logits.Length; t++)
        {
            logits[t] = new double[model.Config.Vocabulary];
            model.Logits(hidden.AsSpan((silent + t) * embedding, embedding), logits[t]);
        }

        return logits;
    }

    // Without recursion: histories may be long.
    private SequenceState Of(TokenHistory history)
    {
        var missing = new Stack<TokenHistory>();
        SequenceState? state;
        while (!_states.TryGetValue(history, out state))
        {
            if (history.Parent is not { } parent)
            {
                _states[history] = state = model.NewState();
                break;
            }

            missing.Push(history);
            history = parent;
        }

        while (missing.TryPop(out TokenHistory? next))
        {
            state = state.Copy();
            model.Forward(state, [next.Token]);
            _tokens++;
            _states[next] = state;
        }

        return state;
    }
}
