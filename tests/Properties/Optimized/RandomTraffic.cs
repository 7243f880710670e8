using Gdn.Harness;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Optimized;

/// <summary>Random batches and state operations on engines side by side.</summary>
internal sealed class RandomTraffic(ITrafficTarget target, SeededRandom random, int slots, int vocabulary)
{
    private const int MaxLength = 90;

    private readonly List<int> _live = [];
    private readonly List<int> _snapshots = [];
    private int _nextSequence;

    public void Step()
    {
        int die = random.Next(20);
        if (_live.Count == 0 || die < 13)
        {
            Decode();
        }
        else if (die < 15)
        {
            int sequence = Pick(_live);
            if (target.RollbackLimit(sequence) is int limit and > 0) target.Rollback(sequence, 1 + random.Next(limit));
        }
        else if (die < 16)
        {
            int sequence = Pick(_live);
            target.Clear(sequence);
            _live.Remove(sequence);
        }
        else if (die < 18)
        {
            int source = Pick(_live), copy = NewOrLive();
            target.Copy(source, copy);
        }
        else if (_snapshots.Count == 0 || die < 19)
        {
            target.Snapshot(Pick(_live), _snapshots.Count);
            _snapshots.Add(_snapshots.Count);
        }
        else
        {
            target.Restore(NewOrLive(), Pick(_snapshots));
        }
    }

    private void Decode()
    {
        List<int> chosen = [.. _live.Where(_ => random.Next(4) > 0)];
        int free = slots - _live.Count;
        while (free > 0 && (chosen.Count == 0 || random.Next(3) == 0))
        {
            free--;
            chosen.Add(_nextSequence);
            _live.Add(_nextSequence++);
        }

        int[] members = chosen.Count > 0 ? [.. chosen] : [Pick(_live)];
        random.Shuffle<int>(members);

        bool isRagged = random.Next(4) == 0, isInterleaved = random.Next(5) == 0;
        int common = random.Next(2) == 0 ? 1 : 1 + random.Next(9);
        IEnumerable<BatchToken>[] runs = [.. members.Select(sequence =>
        {
            int position = target.NextPosition(sequence);
            if (position > MaxLength || random.Next(20) == 0) position = 0;
            int[] tokens = Batch.Tokens(random, vocabulary, isRagged ? 1 + random.Next(9) : common);
            return Batch.Run(sequence, position, tokens);
        })];
        target.Decode(isInterleaved ? Batch.Interleaved(random, runs) : Batch.Of(runs));
    }

    private int NewOrLive()
    {
        if (_live.Count == slots || random.Next(2) == 0) return Pick(_live);
        _live.Add(_nextSequence);
        return _nextSequence++;
    }

    private int Pick(List<int> from) => from[random.Next(from.Count)];
}
