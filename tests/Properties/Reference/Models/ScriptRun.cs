using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>One row of logits that an engine put out.</summary>
/// <param name="Command">Index of the batch in the script.</param>
/// <param name="Sequence">Whose it is.</param>
/// <param name="History">Every token of that sequence up to this row's.</param>
internal sealed record LogitsRow(int Command, int Sequence, int[] History, double[] Logits);

/// <summary>
/// A script run on the reference engine, beside the simplest model there is of one: the list of tokens that each
/// sequence holds. Positions, slots, limits and refusals are checked against it at every step.
/// </summary>
internal sealed class ScriptRun
{
    private const int Vocabulary = RandomModel.Vocabulary;
    private readonly EngineScript _script;
    private readonly Func<int, int> _salt;
    private readonly ReferenceEngine<double> _engine;
    private readonly Dictionary<int, History> _live = [];
    private (SequenceState State, int[] Tokens)? _saved;

    private sealed record History(int[] Tokens, int RollbackLimit);

    /// <summary>Runs a script.</summary>
    /// <param name="model">The model.</param>
    /// <param name="salt">Per sequence, what its tokens are drawn from; 0 for every one unless a test says otherwise.</param>
    public ScriptRun(EngineScript script, ReferenceModel<double> model, Func<int, int>? salt = null)
    {
        _script = script;
        _salt = salt ?? (_ => 0);
        var limits = new BatchLimits(Vocabulary, EngineScript.Slots, MaxBatchTokens: 16, MaxPositions: 256);
        _engine = new ReferenceEngine<double>(model, limits, script.Planes);
        for (int i = 0; i < script.Commands.Count; i++)
        {
            Run(i, script.Commands[i]);
            CheckBooks(i);
        }
    }

    /// <summary>Everything that was put out.</summary>
    public List<LogitsRow> Rows { get; } = [];

    private void Run(int index, EngineCommand command)
    {
        switch (command)
        {
            case EngineCommand.Decode decode:
                Decode(index, decode);
                break;
            case EngineCommand.Clear(int sequence):
                _engine.Clear(sequence);
                _live.Remove(sequence);
                break;
            case EngineCommand.Copy(int source, int target) when _live.ContainsKey(source):
                Set(target, _live[source].Tokens, () => _engine.Copy(source, target));
                break;
            case EngineCommand.Copy(int source, int target):
                Assert.Throws<InputException>(() => _engine.Copy(source, target));
                break;
            case EngineCommand.Save(int sequence) when _live.ContainsKey(sequence):
                _saved = (_engine.Snapshot(sequence), _live[sequence].Tokens);
                break;
            case EngineCommand.Restore(int sequence) when _saved is var (state, tokens):
                Set(sequence, tokens, () => _engine.Restore(sequence, state));
                break;
            case EngineCommand.Rollback(int sequence, int tokens) when _live.TryGetValue(sequence, out History? history):
                Assert.Throws<InputException>(() => _engine.Rollback(sequence, history.RollbackLimit + 1));
                int count = tokens % (history.RollbackLimit + 1);
                if (count == 0) break;
                _engine.Rollback(sequence, count);
                _live[sequence] = new History(history.Tokens[..^count], history.RollbackLimit - count);
                break;
        }
    }

    private void Set(int sequence, int[] tokens, Action action)
    {
        if (!_live.ContainsKey(sequence) && _live.Count == EngineScript.Slots)
        {
            Assert.Throws<InputException>(action);
            return;
        }

        action();
        _live[sequence] = new History(tokens, RollbackLimit: 0);
    }

    private void Decode(int index, EngineCommand.Decode decode)
    {
        var after = new Dictionary<int, int[]>();
        var tokens = new List<BatchToken>();
        var rows = new List<LogitsRow>();
        foreach (int sequence in decode.Sequences)
        {
            if (!after.TryGetValue(sequence, out int[]? history))
                history = decode.Restart != sequence && _live.TryGetValue(sequence, out History? live) ? live.Tokens : [];
            int position = history.Length;
            int token = Token(index, sequence, position);
            bool output = (index + sequence + position) % 3 != 0;
            tokens.Add(new BatchToken(token, sequence, position, output));
            after[sequence] = history = [.. history, token];
            if (output) rows.Add(new LogitsRow(index, sequence, history, new double[Vocabulary]));
        }

        if (decode.Gap) tokens[^1] = tokens[^1] with { Position = tokens[^1].Position + 1 };
        var batch = new TokenBatch(tokens);
        var logits = new double[batch.OutputCount * Vocabulary];
        if (decode.Gap || after.Keys.Union(_live.Keys).Count() > EngineScript.Slots)
        {
            Assert.Throws<InputException>(() => _engine.Decode(batch, logits));
            return;
        }

        _engine.Decode(batch, logits);
        for (int row = 0; row < rows.Count; row++)
            logits.AsSpan(row * Vocabulary, Vocabulary).CopyTo(rows[row].Logits);
        Rows.AddRange(rows);
        foreach ((int sequence, int[] history) in after)
        {
            int added = decode.Sequences.Count(s => s == sequence);
            _live[sequence] = new History(history, Math.Min(_script.Planes, added) - 1);
        }
    }

    private int Token(int command, int sequence, int position) =>
        new Random(Mix(_script.Seed, command, sequence, position, _salt(sequence))).Next(Vocabulary);

    // Unlike System.HashCode, which differs from process to process: a seed must mean the same everywhere.
    private static int Mix(params ReadOnlySpan<int> values)
    {
        int hash = 17;
        foreach (int value in values) hash = unchecked(hash * 486187739 + value);
        return hash & int.MaxValue;
    }

    private void CheckBooks(int index)
    {
        string where = $"after command {index}";
        var slots = new HashSet<int>();
        for (int sequence = 0; sequence < EngineScript.Sequences; sequence++)
        {
            History? history = _live.GetValueOrDefault(sequence);
            Assert.True(
                (history?.Tokens.Length ?? 0) == _engine.NextPosition(sequence),
                $"{where}, sequence {sequence}: next position {_engine.NextPosition(sequence)}, expected {history?.Tokens.Length}");
            Assert.True(
                (history?.RollbackLimit ?? 0) == _engine.RollbackLimit(sequence),
                $"{where}, sequence {sequence}: limit {_engine.RollbackLimit(sequence)}, expected {history?.RollbackLimit}");
            int slot = _engine.SlotOf(sequence);
            Assert.True(
                history is null ? slot == -1 : slot is >= 0 and < EngineScript.Slots && slots.Add(slot),
                $"{where}, sequence {sequence}: slot {slot}");
        }
    }
}
