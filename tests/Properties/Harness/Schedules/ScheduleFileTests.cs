using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Schedules;

public class ScheduleFileTests
{
    [Property(Arbitrary = [typeof(ScheduleArbitrary)], MaxTest = 500)]
    public void Parse_WhatWasWritten_IsTheSame(Schedule schedule)
    {
        var file = new ScheduleFile("Why it is kept.", schedule);
        ScheduleFile read = ScheduleFile.Parse("s.txt", file.Write());
        Assert.Equal(file.Reason, read.Reason);
        Assert.Equal(JsonSerializer.Serialize(schedule), JsonSerializer.Serialize(read.Schedule));
    }

    // A new kind of step that is written but not read back would stand out here, once schedules hold it.
    [Fact]
    public void Schedules_Sample_HoldEveryKindOfStepAndEveryForm()
    {
        ScheduleStep[] steps = [.. ScheduleArbitrary.Schedules().Generator.Sample(3000, 50).SelectMany(schedule => schedule.Steps)];
        Assert.Equal(
            typeof(ScheduleStep).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType).ToHashSet(),
            steps.Select(step => step.GetType()).ToHashSet());
        DecodeStep[] batches = [.. steps.OfType<DecodeStep>()];
        Assert.Contains(batches, batch => batch.Order is not null && batch.LastOnly);
        Assert.Contains(batches, batch => batch.Runs.Any(run => run.Restart));
        Assert.Contains(batches, batch => batch.Runs.Any(run => run.Silent));
        Assert.Contains(batches, batch => batch.Runs.Any(run => run.Tokens.Count > 60));
    }

    [Fact]
    public void Parse_FreelyLaidOut_IsRead()
    {
        ScheduleFile file = ScheduleFile.Parse("s.txt", "# Two\r\n#  lines.\r\n\r\nnp 2,planes 1\r\n  0: decode   seq 1: 94\r\n# an aside\r\nclear  seq 1");
        Assert.Equal("Two lines.", file.Reason);
        Assert.Equal((2, 1), (file.Schedule.Slots, file.Schedule.Planes));
        Assert.Equal(["0: decode seq 1: 94", "1: clear seq 1"], ScheduleText.Describe(file.Schedule));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "s.txt: it contains no schedule; begin with a line such as 'np 3, planes 1'" },
        { "decode seq 0: 1", "s.txt: line 1: 'decode seq 0: 1' is not the head of a schedule; write, for example, 'np 3, planes 1'" },
        { "np 0, planes 1", "s.txt: line 1: 0 is out of range; use 1 to 64" },
        { "np 1, planes 99999999999", "s.txt: line 1: 99999999999 is out of range; use 1 to 64" },
        { "# why\nnp 1, planes 1\ndecod seq 0: 1", "s.txt: line 3: 'decod seq 0: 1' is not a step; write one of 'decode seq 0: 12 34 | seq 1: 5', " },
        { "np 1, planes 1\ndecode seq 0: 1 | sequence 1: 2", "s.txt: line 2: 'sequence 1: 2' is not the run of a sequence; write 'seq 0: 12 34'" },
        { "np 1, planes 1\ndecode seq 0: 99999999999", "s.txt: line 2: 99999999999 is out of range; use numbers up to 2147483647" },
        { "np 1, planes 1\ndecode seq 0: 1 interleaved 0,1", "s.txt: line 2: decode order: run 1 does not exist; use 0 to 0" },
        { "np 1, planes 1\ndecode seq 0: 1\n\nroll back 1 of seq 0", "s.txt: line 4: rollback: 1 tokens of sequence 0 cannot be rolled back; roll back at most 0 here" },
        { "np 1, planes 1\nrestore seq 0 from #3", "s.txt: line 2: restore: snapshot 3 was never taken; take it first" },
        { "np 1, planes 1\nrefuse seq 0: 1", "s.txt: line 2: refuse: the batch is valid; make one of its tokens invalid" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_Mistake_NamesTheLineAndWhatToDo(string text, string message) => Assert.StartsWith(
        message, Assert.Throws<InputException>(() => ScheduleFile.Parse("s.txt", text)).Message, StringComparison.Ordinal);
}
