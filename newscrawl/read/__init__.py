"""The read side of MongoDB: queries and change streams, for those who never see a spider."""
